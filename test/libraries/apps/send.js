/** Posts what an app has, as its own submit handler does: its state as JSON, or a form's data as it is. */
export const send = (values) =>
  fetch('/join', {
    method: 'POST',
    ...(values instanceof FormData || values instanceof URLSearchParams
      ? { body: values }
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(values) }),
  });

/** The same as an action of React's: it takes the form's data, and what it gives back is the next state. */
export const join = async (_state, data) => {
  await send(data);
  return 'Thank you';
};
