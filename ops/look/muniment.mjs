// Starts the scripts of the components that our pages use. Every page works without them.
import { createAll, Button, Checkboxes, ErrorSummary, FileUpload, NotificationBanner, Radios, ServiceNavigation, SkipLink, Tabs } from 'govuk-frontend'

const components = [Button, Checkboxes, ErrorSummary, FileUpload, NotificationBanner, Radios, ServiceNavigation, SkipLink, Tabs]

components.forEach((Component) => createAll(Component))

// On a narrow screen long histories begin folded; what holds what the address points at is open at every width.
if (matchMedia('(max-width: 40em)').matches) {
  document.querySelectorAll('details[data-fold]').forEach((details) => { details.open = false })
}
document.querySelectorAll('details:has(:target)').forEach((details) => { details.open = true })

// A page is printed with its folded parts open: paper cannot be clicked.
const opened = new Set()
addEventListener('beforeprint', () => {
  document.querySelectorAll('details:not([open])').forEach((details) => {
    details.open = true
    opened.add(details)
  })
})
addEventListener('afterprint', () => {
  opened.forEach((details) => { details.open = false })
  opened.clear()
})
