/** What `use:enhance` does, by SvelteKit's documentation: the form's data by fetch, to the form's action, then a reset. */
export function enhance(form) {
  const submit = async (event) => {
    event.preventDefault();
    const body = new FormData(form, event.submitter);
    const action = event.submitter?.hasAttribute('formaction') ? event.submitter.formAction : form.action;
    await fetch(action, {
      method: 'POST',
      headers: { accept: 'application/json', 'x-sveltekit-action': 'true' },
      body: new URLSearchParams([...body]),
    });
    form.reset();
  };
  form.addEventListener('submit', submit);
  return { destroy: () => form.removeEventListener('submit', submit) };
}
