export function drawPortrait(_: { pid: string; gender: 'male' | 'female'; age: number; monk: boolean }): string {
	return '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 200" width="160" height="200"><rect width="160" height="200" fill="#cfe0ee"/><circle cx="80" cy="85" r="38" fill="#e0b48c"/><rect x="30" y="140" width="100" height="60" rx="30" fill="#456"/></svg>'
}
