import { mount as show } from 'svelte';
import Bind from './Bind.svelte';

export const mount = (target, field) => show(Bind, { target, props: { field } });
