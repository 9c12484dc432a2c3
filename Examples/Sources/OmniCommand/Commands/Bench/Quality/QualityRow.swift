import Foundation

/// What one format costs.
struct QualityRow: Encodable {
    let format: String
    /// Root mean square of the logits' errors, in proportion to that of the logits.
    let logitError: Double
    /// Part of all choices of text and audio that are the same.
    let agreement: Double
    let wordErrorRate: Double
    /// Part of all replies that are right.
    let accuracy: Double
    /// In dB; `nil` where not a sample differs.
    let codecSignalToNoise: Double?

    /// A table for a person.
    static func table(_ rows: [QualityRow]) -> String {
        let width = max(10, rows.map(\.format.count).max() ?? 0)
        func line(_ name: String, _ cells: [String]) -> String {
            name.padding(toLength: width, withPad: " ", startingAt: 0)
                + cells.map { String(repeating: " ", count: max(1, 12 - $0.count)) + $0 }.joined() + "\n"
        }
        let head = line("format", ["logits", "agreement", "heard", "answered", "codec"])
        return head
            + rows.map { row in
                line(
                    row.format,
                    [
                        String(format: "%.4f %%", row.logitError * 100), String(format: "%.2f %%", row.agreement * 100),
                        String(format: "%.1f %%", row.wordErrorRate * 100),
                        String(format: "%.1f %%", row.accuracy * 100),
                        row.codecSignalToNoise.map { String(format: "%.1f dB", $0) } ?? "exact",
                    ])
            }.joined()
    }
}
