// The page of the referral link: writes the link anew when one of its parts changes, and copies it.
const find = (id) => document.querySelector(`#${id}`);

/** The referrer's name as Cello writes it into a link: base64 of its UTF-8 bytes, without padding. */
const encodeName = (name) => btoa(String.fromCharCode(...new TextEncoder().encode(name))).replace(/=+$/, '');

function writeLink() {
  const parts = {
    ucc: find('code').value,
    productId: find('product').value,
    celloN: encodeName(find('referrer').value),
  };
  const link = `${location.origin}/?${new URLSearchParams(Object.entries(parts).filter(([, value]) => value))}`;
  find('link').value = link;
  find('open').href = link;
  find('sender').textContent = find('referrer').value || 'A friend';
}

for (const id of ['code', 'product', 'referrer']) find(id).addEventListener('input', writeLink);

find('copy').addEventListener('click', async () => {
  find('link').select();
  await navigator.clipboard?.writeText(find('link').value);
  find('copied').textContent = 'The link is copied.';
  find('copy').textContent = 'Copied';
});
