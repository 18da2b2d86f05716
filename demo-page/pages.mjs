// Fills the pages in pages/: `{{name}}` becomes text, or HTML where the value is `{ html: '…' }`.
import { readFileSync } from 'node:fs';

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Makes a text safe to stand in HTML, in an attribute too. */
export const escapeHtml = (text) => String(text).replace(/[&<>"']/g, (character) => ENTITIES[character]);

/** Fills the places of a template. What has no value is empty. */
export const fill = (template, values) =>
  template.replace(/\{\{(\w+)\}\}/g, (_, name) => values[name]?.html ?? escapeHtml(values[name] ?? ''));

const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');

/**
 * Draws a whole page.
 *
 * @param name - The file in pages/, e.g. `'signup'`.
 * @param values - What its places hold.
 * @param frame - What the layout's places hold, `{ celloScript, inspector }`, and `change(html)`: what the page has wrong.
 */
export function drawPage(name, title, values, frame) {
  const problem = values.problem ? `<p class="problem" role="alert">${escapeHtml(values.problem)}</p>` : '';
  const main = fill(read(`pages/${name}.html`), { ...values, problem: { html: problem } });
  const layout = read('pages/layout.html').replace(`<a href="/${name}">`, `<a href="/${name}" aria-current="page">`);
  return frame.change(fill(layout, { ...frame, title, main: { html: main } }));
}
