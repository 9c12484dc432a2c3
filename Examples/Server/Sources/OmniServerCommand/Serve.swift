import ArgumentParser
import CommandSupport
import Foundation
import Logging
import Metrics
import OmniPipeline
import OmniSNAC
import OmniServer
import OmniTensor
import OmniWhisper
import Tracing

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the model to browsers and to clients of the reference and of OpenAI.",
        discussion: """
            POST /chat is the reference's interface; /v1/models, /v1/audio/transcriptions, /v1/audio/translations, \
            /v1/audio/speech and /v1/realtime are OpenAI's; / is a page to talk with; /healthz, /readyz and /metrics \
            are for its operator. A browser gives a page the microphone on this machine, or over https: see \
            --tls-cert.

            The first start measures how many conversations the machine bears, and keeps that in the folder omni of \
            the user's caches for the next one.

            Each flag under SERVING but --config is also an environment variable, OMNI_HOST for --host and \
            OMNI_TLS_CERT for --tls-cert, and a key of the JSON file that --config names, "host"; README.md of the \
            server says how they are spelt. Flags come before the environment, and that before the file.
            """)

    @OptionGroup var model: ModelOption
    @OptionGroup var engine: EngineOption
    @OptionGroup(title: "Serving") var serving: ServingOptions

    func run() async throws {
        let configuration = try serving.configuration()
        let registry = MetricsRegistry()
        MetricsSystem.bootstrap(registry)
        let level = configuration.logLevel
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return EscapingLogHandler(handler)
        }
        let logger = Logger(label: "omni")
        if let path = configuration.traceFile {
            InstrumentationSystem.bootstrap(
                try TraceFile(appendingTo: path, service: configuration.modelName, logger: logger))
        }
        try await configuration.requireStart()
        let compute = try engine.make()
        var omni = try await model.load(engine: engine, on: compute, noise: .seeded(0))
        let transcriber = try configuration.transcriber.map { try load(transcriber: $0, compute) }
        omni.transcriber = transcriber
        if let file = configuration.turnModel {
            omni.turnEnd = try SmartTurn.load(
                from: URL(argument: file), engine: compute, precision: engine.partPrecision)
        }
        let server = try OmniServer(
            omni, transcriber: transcriber, configuration: configuration, capacityCache: capacityCache(compute),
            registry: registry, logger: logger)
        try await server.run { port in
            // For scripts that asked for any free port, the only line on standard output.
            try? StandardOutput.write(configuration.url(port: port) + "\n")
        }
    }

    private func capacityCache(_ compute: any ComputeEngine) throws -> CapacityCache {
        let native = compute as? NativeEngine
        let names = [engine.engine.rawValue, native?.instructionSet.rawValue].compactMap(\.self)
        let plan = try engine.plan(for: model.location.directory)
        let key = CapacityCache.Key(
            model: try model.url, engine: names.joined(separator: " "), precision: plan.description,
            threadCount: native?.threadCount ?? 0, version: Version.current)
        return CapacityCache(in: CapacityCache.directory(), key: key)
    }

    /// Both models compute on one engine, so that no more threads run than there are cores.
    private func load(transcriber name: String, _ compute: any ComputeEngine) throws -> WhisperTranscriber {
        Console.progress("Loading \(name)")
        defer { Console.endProgress() }
        return try WhisperTranscriber.load(
            from: ModelLocation(name).folder, engine: compute, precision: engine.partPrecision)
    }
}
