import { show, TEMPLATE } from './signup.js';

export const mount = show(TEMPLATE);
