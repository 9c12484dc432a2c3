import Foundation
import OmniTensor

/// One measured stage.
struct SpeedFigure: Encodable {
    enum Unit: String, Encodable {
        case seconds
        /// Time over the duration of the audio made.
        case realTimeFactor
    }

    let precision: String
    let stage: String
    /// The median.
    let value: Double
    let unit: Unit
    /// What the machine allows, in the same unit; `nil` where nothing simple is known.
    let floor: Double?

    init(_ precision: WeightPrecision, _ stage: String, _ value: Double, unit: Unit = .seconds, floor: Double? = nil) {
        self.precision = precision.name
        self.stage = stage
        self.value = value
        self.unit = unit
        self.floor = floor
    }
}

/// Everything that was measured.
struct SpeedReport: Encodable {
    struct Engine: Encodable {
        let threads: Int
        let instructions: String
    }

    let engine: Engine
    let limits: MachineLimits
    let figures: [SpeedFigure]

    init(engine: NativeEngine, limits: MachineLimits, figures: [SpeedFigure]) {
        self.engine = Engine(threads: engine.threadCount, instructions: engine.instructionSet.rawValue)
        self.limits = limits
        self.figures = figures
    }

    /// For a person.
    var table: String {
        var lines = [
            "\(engine.threads) threads, \(engine.instructions)",
            String(format: "memory    %7.1f GB/s", limits.bytesPerSecond / 1e9),
        ]
        lines += limits.operationsPerSecond.sorted { $0.value < $1.value }.map { name, rate in
            Self.padded(name, 10) + String(format: "%7.0f G operations/s", rate / 1e9)
        }
        var precision = ""
        for figure in figures {
            if figure.precision != precision {
                precision = figure.precision
                lines += ["", Self.padded(precision, 46) + "  median     floor   times"]
            }
            lines.append("  " + Self.padded(figure.stage, 42) + Self.columns(figure))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func columns(_ figure: SpeedFigure) -> String {
        guard figure.unit == .seconds else { return String(format: "%8.3f", figure.value) }
        let value = time(figure.value)
        guard let floor = figure.floor else { return value }
        return value + time(floor) + String(format: "%8.2f", figure.value / floor)
    }

    private static func time(_ seconds: Double) -> String {
        seconds < 0.1 ? String(format: "%7.2f ms", seconds * 1000) : String(format: "%7.3f s ", seconds)
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text.padding(toLength: max(width, text.count), withPad: " ", startingAt: 0)
    }
}
