import { compile, createSSRApp } from 'vue';
import { renderToString } from 'vue/server-renderer';
import { setUp, TEMPLATE } from './signup.js';

const create = (field) => createSSRApp({ render: compile(TEMPLATE), setup: () => setUp(field) });

export const render = (field) => renderToString(create(field));
export const hydrate = (root, field) => create(field).mount(root);
