/**
 * Time: a clock that never goes back, and deadlines.
 */
export { DeadlineError, runWithin } from './deadline.js';
export { createSteadyClock } from './steady-clock.js';
