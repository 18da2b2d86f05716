/** Runs work and gives back what it said on `console.error`, one text a call. */
export async function hearErrors(work: () => Promise<unknown>): Promise<string[]> {
  const heard: string[] = [];
  const { error } = console;
  console.error = (...words: unknown[]) => heard.push(words.join(' '));
  try {
    await work();
  } finally {
    console.error = error;
  }
  return heard;
}
