import { useForm } from '@tanstack/react-form';
import { send } from '../send.js';
import { Code, render } from './render.jsx';

function Signup({ field }) {
  const form = useForm({
    defaultValues: { email: '', ...(field !== 'none' && { ucc: '' }) },
    onSubmit: ({ value }) => send(value),
  });
  const bind = ({ name, state, handleBlur, handleChange }) => ({
    name,
    value: state.value,
    onBlur: handleBlur,
    onChange: (event) => handleChange(event.target.value),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        form.handleSubmit();
      }}
    >
      <form.Field name="email">
        {(email) => (
          <label>
            E-mail <input type="email" {...bind(email)} />
          </label>
        )}
      </form.Field>
      {field !== 'none' && <form.Field name="ucc">{(code) => <Code field={field} {...bind(code)} />}</form.Field>}
      <button type="submit">Join</button>
    </form>
  );
}

export const mount = render(Signup);
