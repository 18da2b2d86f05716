// Stands for test/services/postgres.ts: the stores that need no server are enough to ask the rules.
import { test as base } from './runner.mjs';

export const hasServer = false;
export const test = base.extend({ postgres: null });
