import { api } from '../lib/api.ts'
import { Alert, Button, Card, ScreenHead, Stack, Steps } from '../ui/index.ts'
import { lifeWords } from '../words/life/index.ts'
import { ConfirmAct } from './ConfirmAct.tsx'
import { forgetCopy } from './card-copy.ts'

/** Gives the digital ID up: says what ends, then PIN and passkey. */
export function EndId(props: { onBack(): void; onLocked(): void; onDone(): void }) {
	return (
		<Stack>
			<ScreenHead icon="warning" tone="bad" title={lifeWords().endHead} />
			<Card title={lifeWords().endLead}>
				<Steps steps={lifeWords().endEffects} />
			</Card>
			<Alert>{lifeWords().endAfter}</Alert>
			<ConfirmAct
				label={lifeWords().endConfirm}
				options={async () => (await api.me.endOptions.mutate({})).options}
				act={(given) => api.me.end.mutate(given)}
				onDone={() => void forgetCopy().then(() => props.onDone())}
				onLocked={() => props.onLocked()}
			/>
			<Button look="secondary" icon="back" onClick={() => props.onBack()}>
				{lifeWords().back}
			</Button>
		</Stack>
	)
}
