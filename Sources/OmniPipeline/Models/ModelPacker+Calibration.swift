import OmniCore
import OmniTensor

/// What calibration did for the outputs of a model's matrices, on samples that it was not calibrated with.
public struct CalibrationReport: Sendable, Hashable {
    /// The error of the outputs when each weight is rounded by itself: the root of the mean, over all matrices, of the
    /// error's square in proportion to that of the output.
    public var plainError: Double
    /// The same for the weights that were written.
    public var calibratedError: Double
}

extension ModelPacker {
    /// Rounds the matrices of `weights` that are kept as integers, in a mixture those of 4 bits, with what they are
    /// multiplied by when the model is shown `samples`. Matrices that the samples never reach stay as they are.
    ///
    /// - Parameter heldOut: other samples, to judge the result by; none for no report.
    func calibrated(
        _ weights: WeightScope, _ samples: [CalibrationSample], heldOut: [CalibrationSample],
        progress: (String) -> Void
    ) async throws -> (matrices: [String: any PackedMatrix], report: CalibrationReport?) {
        let calibration = try Calibration(
            files, engine: engine, precision: precision.model, watching: precision.model.calibrated)
        try await calibration.show(samples, progress: progress)
        let observed = calibration.matrices
        var rounded: [String: any PackedMatrix] = [:]
        for (name, matrix) in weights.packedMatrices.sorted(by: { $0.key < $1.key }) {
            guard let seen = observed[name] else { continue }
            try Task.checkCancellation()
            progress("Rounding \(name)")
            guard let feedback = try ErrorFeedback(seen.statistics) else { continue }
            let codes = feedback.round(engine.weight(of: seen.matrix), to: matrix.precision)
            rounded[name] = try engine.pack(codes, bias: seen.bias)
        }
        guard !heldOut.isEmpty, !rounded.isEmpty else { return (rounded, nil) }
        for matrix in observed.values { matrix.forget() }
        try await calibration.show(heldOut, progress: progress)
        progress("Measuring")
        var (plain, calibrated) = (0.0, 0.0)
        for (name, matrix) in rounded {
            guard let seen = observed[name], let simple = weights.packedMatrices[name] else { continue }
            let exact = engine.weight(of: seen.matrix)
            plain += seen.statistics.relativeError(of: engine.weight(of: simple), from: exact)
            calibrated += seen.statistics.relativeError(of: engine.weight(of: matrix), from: exact)
        }
        let count = Double(rounded.count)
        return (
            rounded,
            CalibrationReport(
                plainError: (plain / count).squareRoot(), calibratedError: (calibrated / count).squareRoot())
        )
    }
}
