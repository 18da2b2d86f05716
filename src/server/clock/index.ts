/** The door of time: a clock that nobody sets back, and deadlines. */
export { DeadlineError, runWithin } from './deadline.js';
export { createSteadyClock } from './steady-clock.js';
