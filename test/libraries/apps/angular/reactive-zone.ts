import 'zone.js';
import { mount as start } from './reactive.js';

export const mount = (root: HTMLElement, field: string): void => start(root, field, false);
