import { iconPath } from './icon-paths.ts';

const byGroup: Readonly<Record<string, string>> = {
  io: 'file',
  data: 'function',
  flow: 'route',
  monitor: 'eye',
  control: 'fence',
  compute: 'box',
};

/** The group of a component kind: what stands before its dot. */
export function groupOf(kind: string): string {
  return kind.split('.')[0] ?? '';
}

/** The colour token of a group; groups of plugins share one. */
export function groupColour(kind: string): string {
  const group = groupOf(kind);
  return group in byGroup ? `var(--group-${group})` : 'var(--group-other)';
}

/** A drawn icon; it says nothing to a screen reader, so name the button it is in. */
export function Icon({ name, size = 16 }: { readonly name: string; readonly size?: number }) {
  const solid = name === 'play' || name === 'stop';
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill={solid ? 'currentColor' : 'none'}
      stroke="currentColor"
      strokeWidth={size > 20 ? 1.6 : 1.9}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={iconPath(name) ?? iconPath('box')} />
    </svg>
  );
}

/** The icon of a component kind; a name nobody has drawn shows the icon of its group. */
export function KindIcon({ icon, kind, size }: { readonly icon: string; readonly kind: string; readonly size?: number }) {
  const name = iconPath(icon) !== undefined ? icon : (byGroup[groupOf(kind)] ?? 'box');
  return <Icon name={name} size={size ?? 16} />;
}
