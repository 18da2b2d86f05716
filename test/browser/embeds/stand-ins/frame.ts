/** A frame of a tool that nobody has heard of, marked by the site. It says nothing. */
export const MARKED = (origin: string) =>
  `<iframe data-cello-companion="demo" src="${origin}/book?lang=en" title="Book"></iframe>`;
