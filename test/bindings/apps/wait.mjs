/** Waits until something holds, or gives up: what is printed then says what did not. */
export async function until(holds) {
  for (let tries = 0; tries < 500 && !holds(); tries += 1) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Each form field for the code on the page: what the site's own handler would read. */
export const codes = () => [...document.querySelectorAll('input[name=ucc]')].map(({ value }) => value);

export const isFree = () => !('CelloCompanion' in window);
