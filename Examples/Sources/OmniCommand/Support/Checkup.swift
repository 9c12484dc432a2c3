import CommandSupport
import Foundation
import OmniCore
import OmniPipeline
import OmniSNAC
import OmniTensor

/// Looks at the machine and at a model, and lets the model answer once.
struct Checkup {
    struct Finding: Encodable {
        let subject: String
        let isGood: Bool
        let remark: String
    }

    let model: ModelLocation
    let engine: any ComputeEngine
    let plan: (ModelDirectory) throws -> PrecisionPlan

    func findings() async -> [Finding] {
        var findings = [machine, matrixProducts]
        do {
            let directory = try model.directory
            // Opening looks at every file of a sharded checkpoint.
            let weights = try [directory.languageModel, directory.encoder].map { try Checkpoint(contentsOf: $0) }
            findings.append(Finding(subject: "files", isGood: true, remark: "all there in \(directory.url.path)"))
            findings.append(memory(for: weights))
            let omni = try await MiniOmni.load(directory, engine: engine, precision: plan(directory), noise: .none)
            let time = omni.loadDurations?.total.seconds ?? 0
            findings.append(
                Finding(subject: "model", isGood: true, remark: String(format: "loads in %.2f s", time)))
            findings.append(await answer(of: omni))
        } catch {
            findings.append(Finding(subject: "model", isGood: false, remark: Console.message(of: error)))
        }
        return findings
    }

    private var machine: Finding {
        let info = ProcessInfo.processInfo
        let gigabytes = String(format: "%.1f GB", Double(info.physicalMemory) / 1e9)
        return Finding(
            subject: "machine", isGood: info.activeProcessorCount >= 1,
            remark: "\(info.activeProcessorCount) cores, \(gigabytes), \(info.operatingSystemVersionString)")
    }

    /// A product of small whole numbers, which every engine must get exactly right.
    private var matrixProducts: Finding {
        let (rows, inner, columns) = (5, 64, 33)
        let weight = Tensor<Float>((0..<(columns * inner)).map { Float($0 % 7 - 3) }, shape: [columns, inner])
        let x = Tensor<Float>((0..<(rows * inner)).map { Float($0 % 5 - 2) }, shape: [rows, inner])
        func product(_ engine: any ComputeEngine) throws -> [Float] {
            let matrix = try engine.pack(weight, bias: nil, precision: .float32)
            var y = Tensor<Float>(zeros: [rows, columns])
            var span = y.mutableSpan
            engine.multiply(RowView(x.span, width: inner), by: matrix, accumulating: false, into: &span)
            return y.scalars
        }
        let isGood = (try? product(engine) == product(ReferenceEngine())) ?? false
        return Finding(
            subject: "engine", isGood: isGood,
            remark: isGood ? "\(engine.name) multiplies correctly" : "\(engine.name) multiplies wrongly")
    }

    /// Weights are mapped or copied once: what the files take, and a little for the work.
    private func memory(for weights: [Checkpoint]) -> Finding {
        let byteCount = weights.reduce(0) { $0 + $1.byteCount }
        let isGood = UInt64(byteCount) * 2 < ProcessInfo.processInfo.physicalMemory
        let megabytes = "\(byteCount / 1_000_000) MB of weights"
        return Finding(
            subject: "memory", isGood: isGood, remark: isGood ? megabytes : megabytes + " are too many for this machine"
        )
    }

    private func answer(of omni: MiniOmni) async -> Finding {
        let silence = AudioChunk([Float](repeating: 0, count: 16_000), sampleRate: 16_000)
        let options = ReplyOptions(generation: GenerationOptions(maximumStepCount: 24))
        do {
            let reply = try await omni.makeSession().answer(to: silence, mode: .speechToSpeech, options: options)
            let step = reply.metrics.meanStepTime?.seconds ?? 0
            return Finding(
                subject: "answer", isGood: reply.metrics.stepCount > 0,
                remark: String(
                    format: "%d steps of %.1f ms (real time needs less than 85.3)", reply.metrics.stepCount, step * 1000
                ))
        } catch {
            return Finding(subject: "answer", isGood: false, remark: String(describing: error))
        }
    }
}
