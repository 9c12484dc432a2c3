import Hummingbird

/// `GET /v1/models`: the one model that is served.
struct ModelRoutes {
    let modelName: String

    func add(to router: some RouterMethods<ServerContext>) {
        router.get("/v1/models") { _, _ in Response(json: ["object": "list", "data": [model]]) }
        router.get("/v1/models/:model") { _, context in
            guard try context.parameters.require("model") == modelName else { throw APIError.notFound }
            return Response(json: model)
        }
    }

    private var model: JSON {
        ["id": .string(modelName), "object": "model", "created": 1_724_889_600, "owned_by": "gpt-omni"]
    }
}
