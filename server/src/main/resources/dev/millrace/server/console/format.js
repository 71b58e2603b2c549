/** Numbers, sizes and times as this page writes them. */

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const tenth = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

export const count = number => whole.format(number)

export const rate = number => (number < 10 ? tenth : number < 10_000 ? whole : compact).format(number)

export const percent = share => tenth.format(share * 100) + ' %'

export function bytes(number) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let unit = 0
  while (number >= 1024 && unit < units.length - 1) {
    number /= 1024
    unit++
  }
  return `${number < 10 && unit > 0 ? tenth.format(number) : whole.format(number)} ${units[unit]}`
}

/** A part of a whole in the whole's unit: 12 of 256 MiB. */
export function share(part, all) {
  const unit = Math.floor(Math.log2(all) / 10)
  const scaled = number => (number / 1024 ** unit < 10 ? tenth : whole).format(number / 1024 ** unit)
  return `${scaled(part)} of ${bytes(all)}`
}

/** How long, in one unit: 12s, 4m, 3h, 2d. */
export function age(millis) {
  const seconds = Math.max(0, Math.floor(millis / 1000))
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`
  return `${Math.floor(seconds / 86_400)}d`
}

/** How long, in two units: 4m 12s. */
export function span(millis) {
  const seconds = Math.max(0, Math.floor(millis / 1000))
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${seconds % 60}s`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h ${Math.floor((seconds % 3600) / 60)}m`
  return `${Math.floor(seconds / 86_400)}d ${Math.floor((seconds % 86_400) / 3600)}h`
}

export const plural = (number, one, many = one + 's') => `${count(number)} ${number === 1 ? one : many}`
