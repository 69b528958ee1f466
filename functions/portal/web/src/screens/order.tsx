export function StaffOrderScreen(_: Record<string, unknown>) {
  return null;
}
