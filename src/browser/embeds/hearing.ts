/**
 * Hears what widgets say. A message is believed from an allowed origin, or from the origin of the widget that sent it,
 * and in either case from that widget's frame. Frames may say a lot: the page is searched only for what means something.
 */
import { read } from '../page/index.js';
import { isFrame } from './frames.js';
import { originOfFrame, type Recognize } from './recognizing.js';
import { findEverywhere } from './trees.js';
import type { Embed, Heard, Joined } from './vendor.js';

export interface Hearing {
  readonly all: readonly Embed[];
  readonly recognize: Recognize;
  readonly joined: ReadonlyMap<Embed, Joined>;
  readonly tell: (embed: Embed, heard: Heard, element: Element | null, source: object | null) => void;
}

/** @returns The listener for messages. It throws what messages of unknown shapes make it throw. */
export function createHearing({ all, recognize, joined, tell }: Hearing): (event: Event) => void {
  return (event) => {
    const origin = `${Reflect.get(event, 'origin')}`;
    const source: object | null = Reflect.get(event, 'source');
    for (const embed of all) {
      const heard = embed.vendor.hear?.(Reflect.get(event, 'data'));
      if (!heard) continue;
      const frames = findEverywhere('iframe').filter(isFrame);
      const frame = frames.find((one) => read(one, 'contentWindow') === source) ?? null;
      const owner = frame && recognize(frame);
      const locate = joined.get(embed)?.locate;
      const isTrusted =
        embed.vendor.origins.test(origin) ||
        embed.origins.includes(origin) ||
        (frame && owner === embed && originOfFrame(frame) === origin) ||
        (locate && origin === location.origin);
      if (!isTrusted) continue;
      if (locate) {
        const form = locate(heard);
        if (form) tell(embed, heard, form, form);
      } else if (owner ? owner === embed : !frames.some((one) => recognize(one) === embed))
        tell(embed, heard, frame, source);
    }
  };
}
