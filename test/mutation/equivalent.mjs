// Mutants that survive because they change nothing that anybody could see, each with the reason. By file, then by what
// became what, as docs/evidence/mutation.md prints it.
export const EQUIVALENT = {
  'ucc.ts': {
    'i < text.length → i <= text.length':
      '`charCodeAt` gives `NaN` past the end, which `^` takes for 0: one more multiplication, the same for every code',
  },
};
