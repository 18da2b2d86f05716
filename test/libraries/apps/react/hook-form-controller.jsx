import { Controller, useForm } from 'react-hook-form';
import { send } from '../send.js';
import { Code, render } from './render.jsx';

function Signup({ field }) {
  const { control, handleSubmit } = useForm({ defaultValues: { email: '', ...(field !== 'none' && { ucc: '' }) } });
  return (
    <form onSubmit={handleSubmit((values) => send(values))}>
      <Controller
        control={control}
        name="email"
        render={(email) => (
          <label>
            E-mail <input type="email" {...email.field} />
          </label>
        )}
      />
      {field !== 'none' && (
        <Controller control={control} name="ucc" render={(code) => <Code field={field} {...code.field} />} />
      )}
      <button type="submit">Join</button>
    </form>
  );
}

export const mount = render(Signup);
