import { mount as show } from 'svelte';
import Enhance from './Enhance.svelte';

export const mount = (target, field) => show(Enhance, { target, props: { field } });
