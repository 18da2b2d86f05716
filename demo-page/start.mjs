// `npm start`: serves the demo until it is told to stop. It opens no browser.
import { startServer } from './server.mjs';

const PORT = 4747;

/** The port that was asked for, or a free one if somebody has it. */
async function startAnywhere(port) {
  try {
    return await startServer({ port });
  } catch (error) {
    if (error.code !== 'EADDRINUSE') throw error;
    return startServer();
  }
}

const server = await startAnywhere(Number(process.env.PORT || PORT));
console.log(`http://localhost:${server.port}`);

let isStopping = false;
const stop = () => {
  if (isStopping) return;
  isStopping = true;
  server.stop();
};
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop);

// A signal to npm ends npm and its shell, and the shell does not hand it on: that it is gone is all we see of it.
const shell = process.ppid;
const LOOK_MS = 500;
if (process.env.npm_lifecycle_event) setInterval(() => process.ppid !== shell && stop(), LOOK_MS).unref();
