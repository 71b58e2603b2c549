import { byId } from './dom.js'

/**
 * The page's panels behind their tabs. The publish form has a tab of its own where it doesn't fit beside the others.
 *
 * @param onShow is told the name of a panel that comes to the front
 */
export function tabs(onShow) {
  const list = byId('tabs')
  const all = [...list.querySelectorAll('[role=tab]')]
  const wide = matchMedia('(min-width: 1000px)')
  const panel = tab => byId(tab.getAttribute('aria-controls'))

  function select(tab) {
    for (const each of all) {
      const isOn = each === tab
      each.setAttribute('aria-selected', String(isOn))
      each.setAttribute('tabindex', isOn ? '0' : '-1')
      panel(each).hidden = !isOn && !(wide.matches && panel(each).id === 'publish')
    }
    onShow(panel(tab).id)
  }

  function fit() {
    const chosen = all.find(tab => tab.getAttribute('aria-selected') === 'true')
    select(wide.matches && panel(chosen).id === 'publish' ? all[0] : chosen)
  }

  list.addEventListener('click', event => {
    const tab = event.target.closest('[role=tab]')
    if (tab) select(tab)
  })
  list.addEventListener('keydown', event => {
    const reachable = all.filter(tab => tab.offsetParent !== null)
    const here = reachable.indexOf(event.target)
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (here < 0 || !step) return
    const next = reachable[(here + step + reachable.length) % reachable.length]
    select(next)
    next.focus()
  })
  wide.addEventListener('change', fit)
  fit()

  /** Brings a panel to the front. */
  return name => {
    if (!(wide.matches && name === 'publish')) select(all.find(tab => panel(tab).id === name))
  }
}
