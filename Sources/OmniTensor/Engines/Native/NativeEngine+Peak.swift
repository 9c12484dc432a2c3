internal import COmniKernels

extension NativeEngine {
    /// Measures how many additions and multiplications a second the engine's instructions do for a precision, on all
    /// its threads together and with operands in registers: the floor of every product, whatever its shape.
    ///
    /// Takes a tenth of a second. The result is the best of many short runs, because what else the machine does only
    /// slows them down.
    ///
    /// - Throws: ``ComputeEngineError/unsupportedPrecision(_:engine:)``.
    public func peakOperationsPerSecond(_ precision: WeightPrecision) throws(ComputeEngineError) -> Double {
        guard let format = NativeLayout.format(of: precision) else {
            throw .unsupportedPrecision(precision, engine: name)
        }
        let clock = ContinuousClock()
        func rate(_ repetitionCount: Int) -> (operationsPerSecond: Double, duration: Duration) {
            var operationCount = 0.0
            let duration = clock.measure {
                operationCount = unsafe omni_multiply_at_peak(pool.handle, isa, format, repetitionCount)
            }
            return (operationCount / (duration / .seconds(1)), duration)
        }
        // So many that a run takes milliseconds: starting threads is then no part of it.
        var repetitionCount = 1000
        while rate(repetitionCount).duration < .milliseconds(3) { repetitionCount *= 2 }
        return (0..<25).map { _ in rate(repetitionCount).operationsPerSecond }.reduce(0, max)
    }
}
