/**
 * A screen is a value: `{ kind: 'consent', … } | { kind: 'done' } | …`. In a `<Match when={ofKind(view(), 'consent')}>`
 * the value arrives with the type of its kind.
 */
export function ofKind<View extends { kind: string }, Kind extends View['kind']>(
	view: View,
	kind: Kind,
): Extract<View, { kind: Kind }> | undefined {
	return view.kind === kind ? (view as Extract<View, { kind: Kind }>) : undefined
}
