// Resolves with the ms since the navigation began once the last message is painted within the window.
window.lastShown = new Promise((resolve, reject) => {
  const look = () => {
    const last = document.readyState !== "loading" && [...document.querySelectorAll("article")].at(-1);
    const place = last && last.getBoundingClientRect();
    const isShown = place && place.top < innerHeight && place.bottom > 0;
    // The frame that is being prepared is on the screen when the next one begins.
    requestAnimationFrame(isShown ? resolve : look);
  };
  requestAnimationFrame(look);
  setTimeout(reject, 10_000, new Error("the last message did not show in 10 s"));
});
