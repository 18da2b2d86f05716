/**
 * The panel: an element of its own with a closed shadow root, so that neither the page nor we can disturb the other.
 */
import type { Section } from './describe.js';
import { create, createButton, make } from './element.js';
import { PANEL } from './forms.js';
import { createSections } from './sections.js';
import { STYLE } from './style.js';

/** What a person can do. */
export interface Actions {
  /** The text for the clipboard. */
  readonly copy: () => string;
  /** Asks the endpoint; `null`: there is none. */
  readonly test: (() => Promise<void>) | null;
  /** The panel was opened or hidden. */
  readonly onToggle: (isOpen: boolean) => void;
  /** The panel is to go, for this tab. */
  readonly close: () => void;
}

export interface Panel {
  readonly show: (summary: string, sections: readonly Section[]) => void;
  readonly isAttached: () => boolean;
  readonly attach: () => void;
  readonly remove: () => void;
}

/** Safari has constructable stylesheets since 16.4: https://caniuse.com/mdn-api_document_adoptedstylesheets */
function addStyle(root: ShadowRoot): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
  } catch {
    root.append(create('style', null, STYLE)); // TypeError: where a page's policy forbids it, the panel is plain
  }
}

/** For pages on plain http, which have no clipboard: https://w3c.github.io/clipboard-apis/#clipboard-interface */
function copyBySelection(text: string, root: ShadowRoot): boolean {
  const area = make('textarea');
  area.value = text;
  area.setAttribute('aria-hidden', 'true');
  root.append(area);
  area.select();
  const isCopied = document.execCommand('copy');
  area.remove();
  return isCopied;
}

async function copyText(text: string, root: ShadowRoot): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text, root); // TypeError: no clipboard. NotAllowedError: a frame without the permission
  }
}

/** The bar with what a person can do, and what became of it. */
function createTools(root: ShadowRoot, { copy, test, close }: Actions, say: (text: string) => void, hide: () => void) {
  const copyButton = createButton('Copy', () => {
    void copyText(copy(), root).then((isCopied) => {
      say(isCopied ? 'Copied, without personal data' : 'The browser does not let us copy');
      copyButton.focus();
    });
  });
  const testButton = createButton('Test endpoint', () => {
    testButton.disabled = true;
    say('Asking the endpoint…');
    void test?.().then(() => {
      testButton.disabled = false;
      say('The endpoint was tested');
      testButton.focus();
    });
  });
  return create(
    'div',
    'tools',
    copyButton,
    ...(test ? [testButton] : []),
    createButton('Hide', hide),
    createButton('Close', close),
  );
}

/** @param isOpen - Whether it is open at first, and not only a button. */
export function createPanel(version: string, isOpen: boolean, actions: Actions): Panel {
  const host = create(PANEL, null);
  const root = Element.prototype.attachShadow.call(host, { mode: 'closed' });
  addStyle(root);
  const state = create('p', 'state');
  const said = create('p', 'said');
  for (const live of [state, said]) live.setAttribute('role', 'status');
  const pill = createButton('cello-companion', () => toggle(true));
  pill.className = 'pill';
  const sections = createSections(['checks', 'code', 'forms', 'messages']);
  const title = create('h2', null, 'cello-companion ', create('span', 'version', version));
  const tools = createTools(
    root,
    actions,
    (text) => said.replaceChildren(text),
    () => toggle(false),
  );
  const panel = create('section', 'panel', create('header', null, title, state, tools, said), sections.element);
  panel.setAttribute('aria-label', 'cello-companion inspector');
  const set = (open: boolean) => {
    panel.hidden = !open;
    pill.hidden = open;
  };
  const toggle = (open: boolean) => {
    set(open);
    (open ? tools.querySelector('button') : pill)?.focus();
    actions.onToggle(open);
  };
  panel.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') toggle(false);
  });
  // What is typed here is not for the page's shortcuts.
  host.addEventListener('keydown', (event) => event.stopPropagation());
  set(isOpen);
  root.append(panel, pill);
  return {
    show(summary, all) {
      if (state.textContent !== summary) state.replaceChildren(summary);
      const label = `cello-companion: ${summary}`;
      if (pill.textContent !== label) pill.replaceChildren(label);
      sections.show(all);
    },
    isAttached: () => host.isConnected,
    attach: () => document.documentElement.append(host),
    remove: () => host.remove(),
  };
}
