/**
 * The hidden field, for a form that wants to render it itself.
 */
import { type DefineComponent, defineComponent, h, onActivated, shallowRef, watch } from 'vue';
import { showField } from '../bindings/index.js';
import { useUcc } from './composables.js';

/** What a template may give it; other attributes fall through to the input. */
export interface UccFieldProps {
  /** Default `ucc`. */
  readonly name?: string;
  readonly modelValue?: string;
  readonly 'onUpdate:modelValue'?: (value: string) => unknown;
}

/**
 * A hidden input that the companion fills, as if a person had typed: `v-model` and `@input` hear of it.
 *
 * @throws {TypeError} In an app without the plugin.
 * @example <UccField />
 * @example <UccField v-model="values.ucc" />
 */
export const UccField: DefineComponent<UccFieldProps> = /* @__PURE__ */ defineComponent({
  name: 'UccField',
  props: {
    name: { type: String, default: 'ucc' },
    modelValue: { type: String, default: undefined },
  },
  emits: { 'update:modelValue': (_value: string) => true },
  setup(props, { emit }) {
    const field = shallowRef<HTMLInputElement | null>(null);
    const ucc = useUcc();
    const fill = () => {
      if (ucc.value && field.value) showField(field.value);
    };
    watch(ucc, fill, { flush: 'post' });
    onActivated(fill); // a code that came while <KeepAlive> held the field outside of the page
    return () =>
      h('input', {
        ref: field,
        type: 'hidden',
        name: props.name,
        'data-cello-companion': 'ucc',
        // Without `v-model` the value is the companion's alone, and no render touches it.
        ...(props.modelValue === undefined ? {} : { value: props.modelValue }),
        onInput: () => emit('update:modelValue', field.value?.value ?? ''),
      });
  },
});
