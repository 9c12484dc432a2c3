public import Foundation
public import OmniGPT
public import OmniSNAC
import OmniTensor
public import OmniTokenizer
public import OmniWhisper

extension OmniPipeline where Encoder == WhisperEncoder, Model == OmniGPT, Codec == SNAC, Text == TextTokenizer {
    /// Writes a model as a folder of its own with all weights packed, which ``load(from:engine:precision:noise:)``
    /// opens at once: its matrices are used where the mapped files have them, and processes share them. The work is
    /// done on a thread of its own.
    ///
    /// - Parameters:
    ///   - files: the published model.
    ///   - folder: the new folder, made if needed; files in it are replaced.
    ///   - precision: how precisely the parts are packed.
    ///   - calibration: recorded questions and texts. The model is shown them, and its integers, in a mixture those
    ///     of 4 bits, are chosen so that its outputs suffer least, which takes minutes for a model of the published
    ///     size; without any, each weight becomes the integer nearest to it. Some dozens of questions that differ, as
    ///     the model will be asked, are enough, or some thousand tokens of text.
    ///   - heldOut: samples that are not in `calibration`, to judge what it did.
    ///   - progress: told what is being done, on that thread.
    /// - Returns: what calibration did; `nil` without both kinds of samples.
    /// - Throws: ``ModelDirectoryError`` when the model is packed already or is in `folder` itself, or another
    ///   published model is there;
    ///   ``CalibrationError``; the errors of the parts; `CheckpointError` when something cannot be written;
    ///   `CancellationError`, which leaves the parts in `folder` that were finished.
    @discardableResult
    public static func pack(
        _ files: ModelDirectory, into folder: URL, precision: PrecisionPlan = .automatic,
        calibration: [CalibrationSample] = [], heldOut: [CalibrationSample] = [],
        progress: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> CalibrationReport? {
        let executor = InferenceExecutor(name: "omni.pack", idleSeconds: 0)
        // Where the system starts no more threads, one of those that tasks share has to do.
        let hold = try? executor.hold()
        defer { withExtendedLifetime(hold) {} }
        return try await withTaskExecutorPreference(hold == nil ? nil : executor) {
            try await packParts(of: files, into: folder, precision, calibration, heldOut, progress)
        }
    }

    @concurrent
    private static func packParts(
        of files: ModelDirectory, into folder: URL, _ precision: PrecisionPlan, _ calibration: [CalibrationSample],
        _ heldOut: [CalibrationSample], _ progress: @Sendable (String) -> Void
    ) async throws -> CalibrationReport? {
        if !calibration.isEmpty { _ = try precision.model.calibrated }
        try calibration.requireTexts()
        try heldOut.requireTexts()
        let packer = try ModelPacker(files, into: folder, precision: precision)
        try packer.copyDescriptions()
        progress("Packing the language model")
        let report = try await packer.packLanguageModel(calibration: calibration, heldOut, progress)
        try Task.checkCancellation()
        progress("Packing the speech encoder")
        try packer.packEncoder()
        try Task.checkCancellation()
        progress("Packing the codec")
        try packer.packCodec()
        return report
    }
}

/// Makes the folder of a packed model, part by part.
struct ModelPacker {
    let files: ModelDirectory
    let folder: URL
    let precision: PrecisionPlan
    let engine: NativeEngine

    init(_ files: ModelDirectory, into folder: URL, precision: PrecisionPlan) throws {
        func refuse(_ problem: ModelDirectoryError.Problem) -> ModelDirectoryError {
            ModelDirectoryError(directory: files.url.path, problems: [problem])
        }
        let place = { (url: URL) in url.resolvingSymlinksInPath().standardizedFileURL.path }
        guard place(files.url) != place(folder) else { throw refuse(.packedOntoItself) }
        let published = ["lit_model.pth", "small.pt", "snac/pytorch_model.bin"]
        if let file = published.first(where: { FileManager.default.fileExists(atPath: folder.appending(path: $0).path) }
        ) {
            throw ModelDirectoryError(directory: folder.path, problems: [.packedOntoAnother(file)])
        }
        if let part = try Part.allCases.first(where: { try files.packedPrecisions().keys.contains($0) }) {
            throw refuse(.packedAlready(part))
        }
        self.files = files
        self.folder = folder
        self.precision = precision
        engine = try NativeEngine()
    }

    private typealias Part = ModelDirectory.Part

    /// Configurations and the tokenizer, as they are.
    func copyDescriptions() throws {
        try makeFolder(folder)
        try copy(files.languageModelConfiguration, to: folder)
        try copy(files.tokenizer, to: folder)
        for name in ["tokenizer_config.json", "generation_config.json", "tokenizer.model"]
        where name != files.tokenizer.lastPathComponent {
            try copyIfPresent(files.tokenizerFolder.appending(path: name), to: folder)
        }
        for file in [files.voiceActivity, files.turnEnd].compactMap(\.self) { try copy(file, to: folder) }
    }

    func packLanguageModel(
        calibration: [CalibrationSample], _ heldOut: [CalibrationSample], _ progress: (String) -> Void
    ) async throws -> CalibrationReport? {
        let weights = WeightScope(try Checkpoint(contentsOf: files.languageModel))
        _ = try OmniGPT(
            weights, configuration: .load(from: files.languageModelConfiguration), engine: engine,
            precision: precision.model)
        let (rounded, report) =
            calibration.isEmpty
            ? ([:], nil) : try await calibrated(weights, calibration, heldOut: heldOut, progress: progress)
        try PackedCheckpointWriter.write(
            weights, replacing: rounded, precision: precision.model,
            to: folder.appending(path: "lit_model.safetensors"))
        return report
    }

    func packEncoder() throws {
        let checkpoint = try Checkpoint(contentsOf: files.encoder)
        let weights = WeightScope(checkpoint)
        let configuration = try WhisperEncoder.configuration(of: checkpoint, weights, at: files.encoder)
        _ = try WhisperEncoder(weights, configuration: configuration, engine: engine, precision: precision.encoder)
        let target = folder.appending(path: "whisper")
        try makeFolder(target)
        // Packed matrices do not show their shapes: the dimensions go beside them.
        let description = target.appending(path: "config.json")
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        try explaining(description) { try OutputFile.write(encoder.encode(configuration), to: description.path) }
        try write(weights, precision.encoder, to: target.appending(path: "model.safetensors"))
    }

    func packCodec() throws {
        let description = files.codec.appending(path: "config.json")
        let weights = WeightScope(try Checkpoint(contentsOf: SNAC.weightFile(in: files.codec)))
        _ = try SNAC(
            weights, configuration: .init(contentsOf: description), engine: engine, precision: precision.codec)
        let target = folder.appending(path: "snac")
        try makeFolder(target)
        try copy(description, to: target)
        try write(weights, precision.codec, to: target.appending(path: "model.safetensors"))
    }

    // MARK: Files

    private func write(_ weights: WeightScope, _ precision: WeightPrecision, to url: URL) throws(CheckpointError) {
        try PackedCheckpointWriter.write(weights, precision: precision, to: url)
    }

    private func makeFolder(_ url: URL) throws(OutputFileError) { try OutputFile.makeFolder(url.path) }

    private func copyIfPresent(_ file: URL, to folder: URL) throws(CheckpointError) {
        if FileManager.default.fileExists(atPath: file.path) { try copy(file, to: folder) }
    }

    /// The contents, not a link to them.
    private func copy(_ file: URL, to folder: URL) throws(CheckpointError) {
        let target = folder.appending(path: file.lastPathComponent)
        try explaining(target) {
            try OutputFile.write(Data(contentsOf: file, options: .mappedIfSafe), to: target.path)
        }
    }

    private func explaining(_ url: URL, _ body: () throws -> Void) throws(CheckpointError) {
        do {
            try body()
        } catch let error as OutputFileError {
            throw CheckpointError(error)
        } catch {
            throw CheckpointError(.unwritable, file: url.path, reason: error.localizedDescription)
        }
    }
}
