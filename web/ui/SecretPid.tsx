import { createSignal } from 'solid-js'
import { maskPid } from '../../src/lib/thai/pid.ts'
import { commonWords } from '../words/common/index.ts'
import { Button } from './Button.tsx'

/** The citizen number, masked until its owner wants to see it: phones are read over shoulders. */
export function SecretPid(props: { pid: string }) {
	const [shown, setShown] = createSignal(false)
	const digits = () => props.pid.replace(/\D/g, '')
	return (
		<span class="with-button">
			<span class="digits">{shown() ? props.pid : maskPid(digits())}</span>
			<Button
				look="link"
				icon={shown() ? 'eye-off' : 'eye'}
				label={shown() ? commonWords().pidHide : commonWords().pidShow}
				onClick={() => setShown(!shown())}
			>
				{shown() ? commonWords().hide : commonWords().show}
			</Button>
		</span>
	)
}
