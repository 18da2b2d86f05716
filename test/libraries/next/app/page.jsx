import Link from 'next/link';

// biome-ignore lint/style/noDefaultExport: a page of Next.js is a default export
export default function Page() {
  return ['none', 'hidden', 'visible'].map((field) => (
    <p key={field}>
      <Link href={`/signup/${field}`}>{field}</Link>
    </p>
  ));
}
