#!/usr/bin/env node
/**
 * `npx cello-companion`: the door of the command line. It runs when it is loaded.
 */
import { run } from './run.js';

process.exitCode = await run(process.argv.slice(2), process);
