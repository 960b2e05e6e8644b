import { commonWords } from '../words/common/index.ts'
import { language, setLanguage } from '../words/index.ts'
import { Icon } from './Icon.tsx'

/** Names the other language in that language, as somebody looks for it who cannot read this one. */
export function LanguageSwitch() {
	const other = () => (language() === 'th' ? 'en' : 'th')
	return (
		<button type="button" class="language" lang={other()} onClick={() => void setLanguage(other())}>
			<Icon name="globe" />
			{commonWords().otherLanguage}
		</button>
	)
}
