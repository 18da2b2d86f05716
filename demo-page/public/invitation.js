// Greets who came by a link that carries the referrer's name. The line has its place before: nothing moves.

/** The stub of cello-companion's docs: keeps calls until the script is there. */
window.CelloCompanion ??= Object.assign(
  (...call) => new Promise((resolve, reject) => window.CelloCompanion.q.push([call, resolve, reject])),
  { q: [] },
);

const referral = await window.CelloCompanion('getReferral');
if (referral?.referrerName) {
  const name = document.createElement('strong');
  name.textContent = referral.referrerName;
  document.querySelector('#invitation').replaceChildren(name, ' invites you: 20 % off your first year.');
}
