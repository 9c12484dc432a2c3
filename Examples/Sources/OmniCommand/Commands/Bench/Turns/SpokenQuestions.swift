import CommandSupport
import Foundation
import OmniPipeline

/// Recorded questions at 16 kHz, without the silence around them.
struct SpokenQuestions {
    static let sampleRate = 16_000
    let recordings: [[Float]]

    init(folder: String) throws {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        recordings = try names.filter { $0.hasSuffix(".wav") }.sorted().map { name in
            let path = URL(argument: folder).appending(path: name).path
            return Self.trimmed(try AudioInput.read(path, sampleRate: Self.sampleRate).samples)
        }
        guard !recordings.isEmpty else {
            throw InputError(code: .missing, path: folder, reason: "there are no WAV files")
        }
    }

    subscript(index: Int) -> [Float] { recordings[index % recordings.count] }

    /// Root mean square of all that is said.
    var level: Float {
        let count = recordings.reduce(0) { $0 + $1.count }
        return (recordings.joined().reduce(0) { $0 + $1 * $1 } / Float(max(count, 1))).squareRoot()
    }

    /// From the first to the last sample that is louder than 2 % of the loudest.
    private static func trimmed(_ samples: [Float]) -> [Float] {
        let limit = (samples.map(abs).max() ?? 0) / 50
        guard let first = samples.firstIndex(where: { abs($0) > limit }),
            let last = samples.lastIndex(where: { abs($0) > limit })
        else { return [] }
        return Array(samples[first...last])
    }
}
