// Fetches a state that may change again while it is fetched.

/** Returns a function that runs `work`, and once more if it was called meanwhile: however often it is called, at most
 *  one run waits, and no answer overtakes a newer one. Its promise resolves when the last run has ended. */
export function oneAtATime(work) {
  let running = null;
  let isWanted = false;
  const run = async () => {
    try {
      while (isWanted) {
        isWanted = false;
        await work();
      }
    } finally {
      running = null; // at once: a call from now on would be lost in a run that has ended
    }
  };
  return () => {
    isWanted = true;
    running ??= run();
    return running;
  };
}
