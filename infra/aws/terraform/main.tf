# A function that the layer of prefreeze instruments.
#
#   npm install @prefreeze/aws-lambda
#   terraform init && terraform apply -var pushgateway_url=http://pushgateway.internal:9091
terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.30"
    }
    archive = {
      source  = "hashicorp/archive"
      version = ">= 2.4"
    }
  }
}

variable "pushgateway_url" {
  description = "Address of the aggregator or the Pushgateway, as in http://pushgateway.internal:9091"
  type        = string

  validation {
    condition     = can(regex("^https?://[^@]+$", var.pushgateway_url))
    error_message = "Give an address without a password, which everybody could read in the state."
  }
}

locals {
  prefreeze_layer = "${path.module}/node_modules/@prefreeze/aws-lambda/dist/prefreeze-layer.zip"
}

resource "aws_lambda_layer_version" "prefreeze" {
  layer_name          = "prefreeze"
  filename            = local.prefreeze_layer
  source_code_hash    = filebase64sha256(local.prefreeze_layer)
  compatible_runtimes = ["nodejs22.x", "nodejs24.x"]
}

data "archive_file" "shop" {
  type        = "zip"
  source_dir  = "${path.module}/function"
  output_path = "${path.module}/.terraform/shop.zip"
}

resource "aws_lambda_function" "shop" {
  function_name    = "shop"
  role             = aws_iam_role.shop.arn
  runtime          = "nodejs24.x"
  architectures    = ["arm64"]
  handler          = "index.handler"
  filename         = data.archive_file.shop.output_path
  source_code_hash = data.archive_file.shop.output_base64sha256
  timeout          = 10
  memory_size      = 256

  # What follows is all that prefreeze needs.
  layers = [aws_lambda_layer_version.prefreeze.arn]

  environment {
    variables = {
      AWS_LAMBDA_EXEC_WRAPPER = "/opt/prefreeze/wrapper"
      PUSHGATEWAY_URL         = var.pushgateway_url
    }
  }
}

resource "aws_iam_role" "shop" {
  name = "shop"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "logs" {
  role       = aws_iam_role.shop.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}
