// Notices that the machine slept: the clock jumps between two ticks.

const TICK = 5_000; // ms
const MIN_SLEEP = 20_000; // ms

/** Calls onWake() after each sleep, until the signal aborts. */
export function watchSleep(onWake, signal) {
  let last = Date.now();
  const tick = () => {
    const passed = Date.now() - last;
    last = Date.now();
    if (passed > MIN_SLEEP) onWake();
  };
  const timer = setInterval(tick, TICK);
  signal.addEventListener("abort", () => clearInterval(timer));
}
