// What the examples of the AWS room take for granted: names to import, and what the user owns.
import { IVpc } from 'aws-cdk-lib/aws-ec2';
import { IRole } from 'aws-cdk-lib/aws-iam';
import { IBucket } from 'aws-cdk-lib/aws-s3';
import { Stack } from 'aws-cdk-lib/core';

export * as aws from 'mlops-constructs/aws';
export * as cdk from 'aws-cdk-lib/core';
export * as ec2 from 'aws-cdk-lib/aws-ec2';
export * as iam from 'aws-cdk-lib/aws-iam';

export type This = Stack;
export declare const vpc: IVpc;
export declare const lake: IBucket;
export declare const scientists: IRole;
