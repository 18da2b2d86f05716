/**
 * The hidden field, for a form that wants to render it itself.
 */
import {
  type ComponentPropsWithoutRef,
  createElement,
  type ForwardRefExoticComponent,
  forwardRef,
  type RefAttributes,
  useEffect,
  useImperativeHandle,
  useRef,
} from 'react';
import { showField } from '../bindings/index.js';
import { useUcc } from './hooks.js';

/** Any attribute of an input but its type. `name` is `ucc` by default. */
export type UccFieldProps = Omit<ComponentPropsWithoutRef<'input'>, 'type'>;

/**
 * A hidden input that the companion fills, as if a person had typed: `onChange` hears of it, so a form library that
 * submits its own state has the code too.
 *
 * @throws {TypeError} Outside `<CelloProvider>`.
 * @example <UccField />
 * @example <UccField {...register('ucc')} />
 */
export const UccField: ForwardRefExoticComponent<UccFieldProps & RefAttributes<HTMLInputElement>> =
  /* @__PURE__ */ forwardRef<HTMLInputElement, UccFieldProps>(function UccField({ name = 'ucc', ...props }, ref) {
    const ucc = useUcc();
    const field = useRef<HTMLInputElement>(null);
    useImperativeHandle<HTMLInputElement | null, HTMLInputElement | null>(ref, () => field.current);
    useEffect(() => {
      if (ucc && field.current) showField(field.current);
    }, [ucc]);
    return createElement('input', { ...props, ref: field, type: 'hidden', name, 'data-cello-companion': 'ucc' });
  });
