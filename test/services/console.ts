type Level = 'error' | 'warn';

/** Runs work and gives back what it said on the console, one text a call. */
async function hear(level: Level, work: () => Promise<unknown>): Promise<string[]> {
  const heard: string[] = [];
  const standing = console[level];
  console[level] = (...words: unknown[]) => heard.push(words.join(' '));
  try {
    await work();
  } finally {
    console[level] = standing;
  }
  return heard;
}

/** Runs work and gives back what it said on `console.error`. */
export const hearErrors = (work: () => Promise<unknown>): Promise<string[]> => hear('error', work);

/** Runs work and gives back what it said on `console.warn`. */
export const hearWarnings = (work: () => Promise<unknown>): Promise<string[]> => hear('warn', work);
