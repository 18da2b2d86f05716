import { appendFileSync } from 'node:fs';

/** Writes down what this server received. */
export const log = (what, values) => appendFileSync(process.env.LOG, `${JSON.stringify({ what, ...values })}\n`);
