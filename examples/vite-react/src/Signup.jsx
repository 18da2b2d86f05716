import { UccField } from 'cello-companion/react';
import { useState } from 'react';
import { useForm } from 'react-hook-form';

async function signUp(values) {
  const response = await fetch('/api/signup', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(values),
  });
  return response.json();
}

export function Signup() {
  const { register, handleSubmit, setError, formState } = useForm();
  const [id, setId] = useState(null);
  const submit = async (values) => {
    const answer = await signUp(values).catch(() => ({ error: 'We cannot be reached. Please try again.' }));
    if (answer.error) setError('email', { message: answer.error });
    else setId(answer.id);
  };
  if (id) return <p role="status">Your account: {id}</p>;
  return (
    <form onSubmit={handleSubmit(submit)}>
      <label>
        E-mail <input type="email" {...register('email', { required: 'Please give an e-mail address.' })} />
      </label>
      <label>
        Name <input autoComplete="name" {...register('name')} />
      </label>
      <UccField {...register('ucc')} />
      {formState.errors.email && <p role="alert">{formState.errors.email.message}</p>}
      <button type="submit" disabled={formState.isSubmitting}>
        Sign up
      </button>
    </form>
  );
}
