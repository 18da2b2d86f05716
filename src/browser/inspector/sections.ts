/**
 * The sections of the panel as elements. Only what has changed is written anew, so that nobody loses their place.
 */
import type { Item, Row, Section } from './describe.js';
import { create } from './element.js';

const showRows = (rows: readonly Row[]): HTMLElement[] =>
  rows.length
    ? [create('dl', null, ...rows.flatMap(([label, value]) => [create('dt', null, label), create('dd', null, value)]))]
    : [];

const showItem = ({ level, title, advice, rows = [] }: Item): HTMLElement =>
  create(
    'li',
    level ?? null,
    ...(level ? [create('span', 'level', level), ' ', create('p', null, title)] : [create('h4', null, title)]),
    ...(advice ? [create('p', 'advice', advice)] : []),
    ...showRows(rows),
  );

const showContents = ({ rows, items }: Section): HTMLElement[] => {
  const list = items.length ? [create('ul', null, ...items.map(showItem))] : [];
  if (rows.length || items.length) return [...showRows(rows), ...list];
  return [create('p', 'empty', 'None on this page.')];
};

export interface SectionList {
  readonly element: HTMLElement;
  readonly show: (sections: readonly Section[]) => void;
}

/** @param opened - The sections that are open at first. */
export function createSections(opened: readonly string[]): SectionList {
  const element = create('div', 'body');
  const shown = new Map<string, { readonly details: HTMLElement; readonly update: (section: Section) => void }>();

  const createSection = ({ id, title }: Section) => {
    const short = create('span', 'short');
    const contents = create('div', null);
    const details = create('details', null, create('summary', null, create('h3', null, title), short), contents);
    if (opened.includes(id)) details.setAttribute('open', '');
    let before = '';
    const update = (section: Section) => {
      const text = JSON.stringify(section);
      if (text === before) return;
      before = text;
      short.replaceChildren(section.short);
      contents.replaceChildren(...showContents(section));
    };
    return { details, update };
  };
  return {
    element,
    show(sections) {
      const ids = sections.map(({ id }) => id);
      for (const [id, { details }] of shown) details.hidden = !ids.includes(id);
      for (const section of sections) {
        const known = shown.get(section.id) ?? createSection(section);
        if (!shown.has(section.id)) element.append(known.details);
        shown.set(section.id, known);
        known.update(section);
      }
    },
  };
}
