/**
 * Links to the site's other hosts: they carry the code across, because a cookie cannot.
 */
import type { Guard } from './page/index.js';
import { attribute, fits, isElement, listen } from './page/index.js';

/** What is appended to a link. */
export interface Carried {
  readonly ucc: string;
  readonly productId: string | null;
  /** Only if this page's own address has it. */
  readonly celloN: string | null;
}

export interface Links {
  /** Restores the original address of every link. */
  readonly restore: () => void;
  /** Restores them, and stops listening. */
  readonly stop: () => void;
}

const USES = ['pointerdown', 'focusin', 'keydown', 'click', 'contextmenu'];

const isLink = (target: EventTarget): target is HTMLAnchorElement =>
  isElement(target) && fits(target, 'a[href],area[href]');

function extend(href: string, carried: Carried, hosts: readonly string[]): string | null {
  const url = new URL(href);
  if (!/^https?:$/.test(url.protocol) || !hosts.includes(url.host) || url.searchParams.has('ucc')) return null;
  for (const [name, value] of Object.entries(carried))
    if (value && !url.searchParams.has(name)) url.searchParams.append(name, value);
  return url.href;
}

/**
 * Extends a link when it is used (pointer, focus, key, click, context menu), not before.
 *
 * @param hosts - Exact hosts, including the port if they have one.
 * @param getCarried - What to append; `null`: nothing.
 * @param guard - Keeps our errors away from the page.
 * @returns The undo function.
 */
export function createLinks(hosts: readonly string[], getCarried: () => Carried | null, guard: Guard): Links {
  const changed = new WeakMap<HTMLAnchorElement, { readonly former: string | null; readonly href: string }>();
  /** Held weakly: a long-lived page discards links without telling us. */
  const refs = new Set<WeakRef<HTMLAnchorElement>>();
  const restore = () => {
    for (const link of [...refs].flatMap((ref) => ref.deref() ?? [])) {
      const before = changed.get(link);
      if (before && link.href === before.href) link.setAttribute('href', before.former ?? '');
      changed.delete(link);
    }
    refs.clear();
  };
  const note = (link: HTMLAnchorElement, former: string | null) => {
    for (const ref of refs) if (!ref.deref()) refs.delete(ref);
    if (!changed.has(link)) refs.add(new WeakRef(link));
    changed.set(link, { former, href: link.href });
  };
  const use = (link: HTMLAnchorElement) => {
    const before = changed.get(link);
    const isOurs = before?.href === link.href;
    const former = isOurs ? before.former : attribute(link, 'href');
    const base = isOurs && former !== null ? new URL(former, link.baseURI).href : link.href;
    const carried = getCarried();
    const href = carried && extend(base, carried, hosts);
    if (!href || href === link.href) return;
    link.href = href;
    note(link, former);
  };
  const unlisten = listen(
    window,
    hosts.length ? USES : [],
    guard((event: Event) => event.composedPath().filter(isLink).forEach(use)),
  );
  return {
    restore,
    stop() {
      unlisten();
      restore();
    },
  };
}
