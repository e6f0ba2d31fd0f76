"""What an API is, said in OpenAPI 3.1: made from the schema, the routes and the convention it is served by."""
