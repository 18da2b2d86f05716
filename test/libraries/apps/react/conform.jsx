import { getFormProps, getInputProps, useForm } from '@conform-to/react';
import { send } from '../send.js';
import { Code, render } from './render.jsx';

function Signup({ field }) {
  const [form, fields] = useForm({
    onSubmit: (event, { formData }) => {
      event.preventDefault();
      send(formData);
    },
  });
  return (
    <form {...getFormProps(form)}>
      <label>
        E-mail <input {...getInputProps(fields.email, { type: 'email' })} />
      </label>
      <Code field={field} />
      <button type="submit">Join</button>
    </form>
  );
}

export const mount = render(Signup);
